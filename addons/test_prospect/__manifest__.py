{
    "name": "Prospect: tests of the add-on layout",
    "summary": "What a stranger's add-on needs from Prospect; only for tests",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Prospect contributors",
    "website": "https://github.com/prospect-odoo/prospect",
    "license": "LGPL-3",
    "depends": ["prospect"],
    "data": ["security/ir.model.access.csv"],
}
