"""Lambda on one machine: real `awslambdaric` sandboxes on our own Runtime API, and the Invoke API before them."""
