import { KanbanMany2OneAvatarUserField } from "@mail/views/web/fields/many2one_avatar_user_field/kanban_many2one_avatar_user_field";
import { registry } from "@web/core/registry";
import { KanbanMany2One } from "@web/views/fields/many2one/many2one";

/** The avatar on a card is the button that chooses another person. */
class AssigneeChoice extends KanbanMany2One {
    static template = "prospect.AssigneeChoice";
}

/**
 * Who works on a prospect, chosen on its card: Odoo's avatar offers a choice only
 * while there is nobody.
 */
export class Assignee extends KanbanMany2OneAvatarUserField {
    static components = {
        ...KanbanMany2OneAvatarUserField.components,
        KanbanMany2One: AssigneeChoice,
    };
}

const fields = registry.category("fields");
fields.add("kanban.prospect_assignee", {
    ...fields.get("kanban.many2one_avatar_user"),
    component: Assignee,
});
