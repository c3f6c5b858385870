"""Methods of ``crm.lead`` that other add-ons may override freely.

They have no say in what is stored when a prospect is written, or both write paths call
them, so that an add-on that overrides them leaves imports as fast as they are. All of
them are described in ``docs/extend.rst``.
"""

# Called once a batch, when something has happened.
REACTIONS = frozenset(
    """
    _prospect_on_assigned _prospect_on_converted _prospect_on_created
    _prospect_on_list_joined _prospect_on_list_left _prospect_on_opted_out
    _prospect_on_replied _prospect_on_signal _prospect_on_status_changed
    _prospect_on_updated
    """.split()  # noqa: SIM905 - read as words
)
# Called while something is done to prospects that are there.
STEPS = frozenset(
    """
    _prospect_after_unmerge _prospect_before_merge _prospect_convert_extra
    _prospect_record_opt_outs _prospect_unconvert_extra
    """.split()  # noqa: SIM905 - read as words
)
# Asked for what there is.
LISTS = frozenset(
    """
    _prospect_action_list _prospect_condition_list _prospect_contact_columns
    _prospect_describe_extra _prospect_describe_opt_outs _prospect_member_domain
    _prospect_report_columns _prospect_signal_heard _prospect_signal_list
    _prospect_variable_list
    """.split()  # noqa: SIM905 - read as words
)
HOOKS = REACTIONS | STEPS | LISTS
