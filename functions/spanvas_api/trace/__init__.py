"""A trace as an answer: its pages, its versions, what has changed, and how complete it is."""
