"""The doors: flows, the page process, the command line, the supervisor. Joins the rooms, decides nothing itself."""
