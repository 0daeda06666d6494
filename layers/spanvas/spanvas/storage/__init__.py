"""Where traces are kept: DynamoDB for executions, rows and small details, S3 for large ones and artifacts.

`port.TraceStore` is the port and `dynamo.DynamoTraceStore` the store. The tests have a fake (`tests/support`); both
pass the same tests (`tests/functional/storage`). boto3 is imported when a client is made, not before.
"""
