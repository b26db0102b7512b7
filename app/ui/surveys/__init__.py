"""家屋・調査: buildings and who lived in them, surveys and their check, rounds of the teams, requests for another survey."""
