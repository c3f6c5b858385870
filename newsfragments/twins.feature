The form of a prospect says how many possible duplicates it has and how many prospects are of the same company, and opens them;
Odoo's *Similar Leads*, *Mark Lost* and *Convert to opportunities* make room on prospects.
