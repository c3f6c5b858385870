{
    "name": "Prospect - Webhooks",
    "summary": "Other systems send prospects, signed, to addresses of their own",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Prospect contributors",
    "website": "https://github.com/prospect-odoo/prospect",
    "license": "LGPL-3",
    "depends": ["prospect"],
    "data": [
        "security/ir.model.access.csv",
        "security/prospect_webhook_security.xml",
        "views/prospect_capture_views.xml",
        "views/prospect_webhook_views.xml",
    ],
    "demo": ["demo/prospect_webhook_demo.xml"],
    "assets": {
        "web.assets_tests": ["prospect_webhook/static/tests/tours/**/*.js"],
    },
}
