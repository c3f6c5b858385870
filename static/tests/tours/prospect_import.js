import { registry } from "@web/core/registry";

// The file that Momence takes: three columns, in any order, French headers.
const FILE =
    "E-mail;Nom;Prénom\nzoe.martin@example.com;Martin;Zoé\nluc.petit@example.com;Petit;Luc\n";

registry.category("web_tour.tours").add("prospect_import", {
    url: "/odoo/prospects?view_type=list",
    steps: () => [
        { trigger: ".o_list_view" },
        { trigger: ".o_cp_action_menus .dropdown-toggle, .o_cp_action_menus button", run: "click" },
        { trigger: ".o_import_menu", run: "click" },
        {
            content: "our templates can be downloaded",
            trigger: "a[href*=modele_prospects]",
        },
        {
            trigger: ".o_import_file",
            run: () => {
                const files = new DataTransfer();
                files.items.add(new File([FILE], "prospects.csv", { type: "text/csv" }));
                const input = document.querySelector("input.o_input_file");
                input.files = files.files;
                input.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "the columns were guessed",
            trigger: ".o_import_data_content:contains(Prénom):contains(Nom)",
        },
        {
            trigger: ".o_control_panel button:contains(Importer):not(:contains(fichier))",
            run: "click",
        },
        { trigger: ".o_kanban_record:contains(Zoé Martin)" },
        { trigger: ".o_kanban_record:contains(Luc Petit)" },
    ],
});
