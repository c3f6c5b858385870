Several workers, on one server or several, share imports and operations; *Background Work* shows what waits and what has failed.
