/// Why something about accounts was not done.
public enum AccountRefusal: String, Error, Sendable, Codable {
    /// The address or the password is wrong: never said which.
    case wrongCredentials
    case emailTaken
    /// Who is a member is for owners to say.
    case ownersOnly
    /// A company without an owner could never have one again.
    case lastOwner
    /// Unknown, used, withdrawn or too old: never said which.
    case invitationInvalid
    case alreadyMember
    /// The right password of somebody who is a member of no company any more.
    case noCompany
    case tooManyMembers
    /// Only a person who is signed in may, no API key.
    case sessionOnly
}
