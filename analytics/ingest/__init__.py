"""Foreign to ours: everything that makes a recording. Only `writer` writes one."""
