"""Policy: the document OPA is asked about, the bundle it judges by, and the engine that is asked."""
