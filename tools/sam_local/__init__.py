"""SAM's local commands on the engines of the local stack: `make sam-local` and `make sam-invoke`."""
