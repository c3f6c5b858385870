{
    "name": "Prospect - Mailings",
    "summary": "Mailings leave doubtful prospects out, and say which addresses failed",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Prospect contributors",
    "website": "https://github.com/prospect-odoo/prospect",
    "license": "LGPL-3",
    "depends": ["prospect", "mass_mailing_crm"],
    "data": [
        "views/mailing_mailing_views.xml",
        "views/prospect_undeliverable_address_views.xml",
    ],
    "auto_install": True,
}
