*Done* on My Day can be taken back with *Undo*.
