"""The OTLP endpoint: from an HTTP request to spans that are kept."""
