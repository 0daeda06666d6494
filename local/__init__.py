"""The whole stack on one machine, provisioned from `template.yaml`: what `make run` starts.

Not responsible for anything that is deployed: nothing in `layers/` or `functions/` imports this package.
"""
