"""Pages and an interface for everybody, without login (`qingdan public`)."""
