"""Spans that others have written, as Spanvas reads them: their names and ids, what they say of their execution."""
