"""One module per call: `operation(request, services) -> Response`, named as in `routes.ROUTES`."""
