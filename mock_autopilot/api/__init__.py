"""The imitated API, `/v1`, and the control calls, `/_mock`: requests in, answers out."""
