"""Tempo's HTTP API over our store, as much of it as Grafana's Tempo data source needs (ADR 50)."""
