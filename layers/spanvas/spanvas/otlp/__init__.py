"""The wire: OTLP to and from the model. Pure.

`protobuf.decode_protobuf` and `protojson.decode_json` read an ExportTraceServiceRequest, `export.encode_json` writes
one, `messages` are the answers; `export_safe` is what of a span any OTLP backend can take.
"""
