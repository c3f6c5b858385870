{
    "name": "Prospect - Automation Rules",
    "summary": "Imports start automation rules only where people ask for it",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Prospect contributors",
    "website": "https://github.com/prospect-odoo/prospect",
    "license": "LGPL-3",
    "depends": ["base_automation", "prospect"],
    "auto_install": True,
}
