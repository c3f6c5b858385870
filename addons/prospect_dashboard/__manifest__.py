{
    "name": "Prospect - Dashboards",
    "summary": "A dashboard of prospects among those of the spreadsheets",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Prospect contributors",
    "website": "https://github.com/prospect-odoo/prospect",
    "license": "LGPL-3",
    "depends": ["prospect", "spreadsheet_dashboard"],
    "data": ["data/spreadsheet_dashboard_data.xml"],
    "auto_install": True,
}
