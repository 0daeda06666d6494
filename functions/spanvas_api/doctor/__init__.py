"""`python -m spanvas_api.doctor`: looks at a deployment, says what is wrong and how to mend it."""
