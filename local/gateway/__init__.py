"""HTTP API and page of the template on loopback: routes, JWT authorizer, CORS, CloudFront's headers."""
