{
    "name": "Prospect - Mailings",
    "summary": "Mailings to lists and segments, follow-ups, and figures that add up",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Prospect contributors",
    "website": "https://github.com/prospect-odoo/prospect",
    "license": "LGPL-3",
    "depends": ["prospect", "mass_mailing_crm"],
    "data": [
        "security/ir.model.access.csv",
        "views/prospect_mailing_figure_views.xml",
        "views/prospect_mailing_hit_views.xml",
        "views/mailing_mailing_views.xml",
        "views/prospect_undeliverable_address_views.xml",
    ],
    "demo": ["demo/prospect_mailing_demo.xml"],
    "auto_install": True,
}
