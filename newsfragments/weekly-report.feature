A report can be sent every week: tick it in the dialog; *Reporting > Weekly Reports* changes its day or ends it.
