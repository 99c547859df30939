"""The data plane: real TLS between simulated clusters, through proxies that route by server name."""
