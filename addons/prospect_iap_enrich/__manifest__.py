{
    "name": "Prospect - Lead Enrichment",
    "summary": "Imported prospects are not enriched by themselves, at a price",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Prospect contributors",
    "website": "https://github.com/prospect-odoo/prospect",
    "license": "LGPL-3",
    "depends": ["crm_iap_enrich", "prospect"],
    "auto_install": True,
}
