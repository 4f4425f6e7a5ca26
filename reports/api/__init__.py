"""The interface in JSON with which a bureau's own programs work (`/v1` of `qingdan console`, docs/api.md)."""
