{
    "name": "Prospect - Employees",
    "summary": "The manager of who added a prospect is its supervisor too",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Prospect contributors",
    "website": "https://github.com/prospect-odoo/prospect",
    "license": "LGPL-3",
    "depends": ["hr", "prospect"],
    "auto_install": True,
}
