"""One module per call: `operation(request, services) -> Answer`, named as in `routes.ROUTES`."""
