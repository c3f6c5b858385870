Menus have sections: boards, logs and files in Reporting; work, incoming, team, data quality, reporting and system in Configuration. The inbox is under Operations.
