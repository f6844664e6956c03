module benchserver

go 1.21
