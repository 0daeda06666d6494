"""The wire: OTLP to and from the model. Pure."""
