/// `page` in problem.mustache: what went wrong, for who looks at it with a browser.
struct ProblemPage: Sendable {
    let title: String
    let detail: String
    let code: String
    let requestID: String

    init(_ problem: Problem, requestID: String) {
        let words = Self.words(problem.code)
        title = words?.title ?? problem.title
        detail = words?.detail ?? problem.detail
        code = problem.code.rawValue
        self.requestID = requestID
    }

    /// Where the API's own title is a code's, or its sentence speaks to a program, of header fields and keys: what a person
    /// reads, and can do.
    private static func words(_ code: ProblemCode) -> (title: String, detail: String?)? {
        switch code {
        case .notFound:
            (
                "Not found",
                "There is nothing of that name in this company and environment. It may be in another one: both are "
                    + "switched beside the company's name."
            )
        case .noSuchRoute:
            ("No such page", "No page has this address. Look whether it is spelt right, or go on from the overview.")
        case .methodNotAllowed:
            (
                "No such page",
                "A form is sent to this address, and nothing is shown at it. Go back to the page with the form."
            )
        case .insufficientScope:
            (
                "Your role does not permit this",
                "Nothing was done. An owner of the company can give you another role, on the page Members."
            )
        case .malformedForm, .duplicateField, .duplicateParameter, .unsupportedMediaType, .badRequest:
            (
                "This cannot be read",
                "The address or the form is not as the dashboard's own pages send it, so nothing was done. Go back, load "
                    + "the page again and repeat it."
            )
        case .bodyTooLarge: ("Too long", "What was sent is longer than any field may be; nothing was done. Shorten it.")
        case .idempotencyKeyReused:
            (
                "Sent before",
                "This form was sent before with something else in it, and is carried out once. Load its page again to "
                    + "see what there is now."
            )
        case .outcomeUnknown:
            (
                "It is not known whether this was done",
                "The connection to the books broke while they were written. Look whether it is there before you repeat it."
            )
        case .stopping: ("The server is stopping", "It may start again in a moment: try then.")
        case .internalError:
            (
                "Something went wrong here",
                "It should not have, and it is not what you did. Whoever operates this server finds it in the log under "
                    + "the second line below."
            )
        case .invitationInvalid, .resetInvalid: ("This link is no longer good", nil)
        case .staleForm: ("This form is from before", nil)
        case .crossSiteRequest: ("Not from a page of this dashboard", nil)
        case .unknownHost: ("The dashboard is at another address", nil)
        case .rateLimited, .busy: ("Too much at once", nil)
        case .signupClosed: ("Sign-up is closed", nil)
        case .passwordsOff: ("There are no passwords here", nil)
        case .noCompany: ("You are in no company", nil)
        case .ownersOnly: ("Only an owner may do this", nil)
        case .lastOwner: ("A company needs an owner", nil)
        case .resetNotAllowed: ("You cannot make this link", nil)
        case .memberElsewhere: ("This person is in another company too", nil)
        case .noPassword: ("This person has no password", nil)
        case .storageUnavailable, .unavailable: ("The books cannot be reached", nil)
        default: nil
        }
    }
}
