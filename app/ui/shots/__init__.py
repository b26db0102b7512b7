"""Pictures of pages and dialogs, one module a page; see ``app.ui.stage``."""
