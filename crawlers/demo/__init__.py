"""The demo board: made-up ads, and a small web server on this machine that publishes them."""
