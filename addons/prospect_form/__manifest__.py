{
    "name": "Prospect - Forms",
    "summary": "Forms of your own, in any web site, that fill the prospect list",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Prospect contributors",
    "website": "https://github.com/prospect-odoo/prospect",
    "license": "LGPL-3",
    "depends": ["prospect", "web", "mail", "http_routing"],
    "data": [
        "security/ir.model.access.csv",
        "security/prospect_form_security.xml",
        "views/prospect_form_templates.xml",
        "wizards/prospect_form_start_views.xml",
        "views/prospect_form_field_views.xml",
        "views/prospect_form_count_views.xml",
        "views/prospect_form_views.xml",
    ],
    "demo": ["demo/prospect_form_demo.xml"],
    "assets": {
        "web.assets_backend": [
            "prospect_form/static/src/**/*",
            ("remove", "prospect_form/static/src/public/**/*"),
        ],
        "web.assets_unit_tests": ["prospect_form/static/tests/**/*.test.js"],
        "web.assets_tests": ["prospect_form/static/tests/tours/**/*.js"],
    },
}
