package edge

// TimeoutsOf are those that a server keeps.
func TimeoutsOf(s *Server) Timeouts { return s.config.Timeouts }
