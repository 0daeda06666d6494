"""Where ended spans go: the store, and an OTLP endpoint if there is one. Exporters answer; they never raise."""
