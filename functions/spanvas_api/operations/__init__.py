"""One module per call: `operation(request, services) -> ApiResponse`, named as in `routes.ROUTES`."""
