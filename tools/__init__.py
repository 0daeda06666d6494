"""Programs for maintainers: they write the references from the code, refresh the prices, and deploy the page.

Nothing here is part of a function or of the layer, and the local stack works without it.
"""
