{
    "name": "Prospect - Job Queue",
    "summary": "Work in the background by many workers, on one server or on twenty",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Prospect contributors",
    "website": "https://github.com/prospect-odoo/prospect",
    "license": "LGPL-3",
    "depends": ["prospect", "queue_job"],
    "data": ["data/queue_job_data.xml"],
    "auto_install": True,
}
