import { ControlPanel } from "@web/search/control_panel/control_panel";
import { SegmentBar } from "./segment_bar";

/** Odoo's control panel, with the segments below. */
export class ProspectControlPanel extends ControlPanel {
    static template = "prospect.ControlPanel";
    static components = { ...ControlPanel.components, SegmentBar };

    /** On pages of prospects, and not on that of one segment. */
    get hasSegments() {
        const { searchModel, inDialog } = this.env;
        return (
            searchModel?.resModel === "crm.lead" &&
            !inDialog &&
            !searchModel.globalContext.prospect_segment_page
        );
    }
}
