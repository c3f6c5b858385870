import { useSortable } from "@web/core/utils/sortable_owl";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { ColumnTurner } from "./column_turner";
import { ProspectKanbanHeader } from "./prospect_kanban_header";

/**
 * On a phone too, a card is dragged to another status: hold it, then move it to a side of
 * the screen. Odoo drags nothing there. Statuses themselves stay where they are.
 */
export class ProspectKanbanRenderer extends KanbanRenderer {
    static components = { ...KanbanRenderer.components, KanbanHeader: ProspectKanbanHeader };

    /** @override */
    setup() {
        super.setup();
        if (!this.canUseSortable) {
            this.columnTurner = new ColumnTurner();
            this.setupTouchSortable();
        }
    }

    /** @override */
    async validateQuickCreate() {
        const result = await super.validateQuickCreate(...arguments);
        this.props.list.model.bus.trigger("prospect-counts-changed");
        return result;
    }

    setupTouchSortable() {
        let recordId;
        let groupId;
        useSortable({
            ref: this.rootRef,
            enable: () => this.props.list.isGrouped && this.canMoveRecords,
            elements: ".o_draggable",
            groups: ".o_kanban_group",
            connectGroups: true,
            ignore: ".dropdown,select",
            edgeScrolling: { enabled: false },
            placeholderClasses: ["visible", "opacity-50", "my-2"],
            onDragStart: (params) => {
                recordId = params.element.dataset.id;
                groupId = params.group.dataset.id;
                // A long press selects; who goes on to drag did not mean that.
                for (const record of this.getSelection()) {
                    record.toggleSelection(false);
                }
                this.columnTurner.start(this.rootRef.el, params.x);
                this.sortStart(params);
            },
            onDragEnd: (params) => {
                this.columnTurner.stop();
                this.sortStop(params);
                // Odoo leaves the mark where a drag is cancelled.
                for (const group of this.rootRef.el.querySelectorAll(".o_kanban_hover")) {
                    this.sortRecordGroupLeave({ group });
                }
            },
            onGroupEnter: (params) => this.sortRecordGroupEnter(params),
            onGroupLeave: (params) => this.sortRecordGroupLeave(params),
            onDrop: (params) => this.sortRecordDrop(recordId, groupId, params),
        });
    }
}
