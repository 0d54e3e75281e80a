module paitify.example/go

go 1.19
