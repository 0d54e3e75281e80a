/// JSON text on lines of its own, two spaces a level: the same members, in the same order, with the same spelling.
enum JSONIndent {
    static func text(_ json: String) -> String {
        var text = ""
        var (depth, isInString, isEscaped) = (0, false, false)
        var last: Unicode.Scalar = " "
        for scalar in json.unicodeScalars {
            defer { if scalar != " " || isInString { last = scalar } }
            if isInString {
                text.unicodeScalars.append(scalar)
                if isEscaped {
                    isEscaped = false
                } else if scalar == "\\" {
                    isEscaped = true
                } else if scalar == "\"" {
                    isInString = false
                }
                continue
            }
            switch scalar {
            case "\"":
                if last == "{" || last == "[" { newLine(&text, depth) }
                isInString = true
                text.unicodeScalars.append(scalar)
            case "{", "[":
                if last == "{" || last == "[" { newLine(&text, depth) }
                depth += 1
                text.unicodeScalars.append(scalar)
            case "}", "]":
                depth -= 1
                if last != "{" && last != "[" { newLine(&text, depth) }
                text.unicodeScalars.append(scalar)
            case ",":
                text += ","
                newLine(&text, depth)
            case ":": text += ": "
            case " ", "\n", "\r", "\t": break
            default:
                if last == "[" { newLine(&text, depth) }
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func newLine(_ text: inout String, _ depth: Int) {
        text += "\n" + String(repeating: "  ", count: max(0, depth))
    }
}
