package connection

import "galley/ent"

// The connections and edges of the graph.
type (
	UserConnection          = Connection[*ent.User]
	UserEdge                = Edge[*ent.User]
	CategoryConnection      = Connection[*ent.Category]
	CategoryEdge            = Edge[*ent.Category]
	ProductConnection       = Connection[*ent.Product]
	ProductEdge             = Edge[*ent.Product]
	StockMovementConnection = Connection[*ent.StockMovement]
	StockMovementEdge       = Edge[*ent.StockMovement]
	VariantConnection       = Connection[*ent.Variant]
	VariantEdge             = Edge[*ent.Variant]
	OrderConnection         = Connection[*ent.Order]
	OrderEdge               = Edge[*ent.Order]
	JobConnection           = Connection[*ent.Job]
	JobEdge                 = Edge[*ent.Job]
	APIKeyConnection        = Connection[*ent.APIKey]
	APIKeyEdge              = Edge[*ent.APIKey]
	AuditEntryConnection    = Connection[*ent.AuditEntry]
	AuditEntryEdge          = Edge[*ent.AuditEntry]
	ApprovalConnection      = Connection[*ent.Approval]
	ApprovalEdge            = Edge[*ent.Approval]
	PromotionConnection     = Connection[*ent.Promotion]
	PromotionEdge           = Edge[*ent.Promotion]
)
