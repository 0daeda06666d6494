"""Spans that only the operator's own backend has, Tempo or Jaeger, read from it when somebody asks (ADR 51)."""
