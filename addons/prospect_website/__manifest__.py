{
    "name": "Prospect - Website",
    "summary": "Forms of the website bring in prospects",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Prospect contributors",
    "website": "https://github.com/prospect-odoo/prospect",
    "license": "LGPL-3",
    "depends": ["prospect", "website_crm"],
    "auto_install": True,
}
